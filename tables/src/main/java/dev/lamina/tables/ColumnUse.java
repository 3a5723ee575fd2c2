package dev.lamina.tables;

import java.util.Map;

/** What a model does with a column of its table. */
sealed interface ColumnUse permits FeatureEncoder, TargetUse, ColumnUse.Dropped, ColumnUse.Carried {
  /** Its name in descriptions. */
  String kind();

  /** As what the column is to be read for a model that is there. */
  ColumnRequest request();

  /** What is done with it, in a few words. */
  String what();

  /** The range of numbers, or the number of categories; empty if there is nothing to say. */
  String range();

  /** What was fitted, as members of a JSON object beside {@code kind}. */
  Map<String, Object> toJson();

  /**
   * A column that is not used.
   *
   * @param reason why, in a few words
   */
  record Dropped(String reason) implements ColumnUse {
    @Override
    public String kind() {
      return "dropped";
    }

    @Override
    public ColumnRequest request() {
      return ColumnRequest.SKIP;
    }

    @Override
    public String what() {
      return "dropped: " + reason;
    }

    @Override
    public String range() {
      return "";
    }

    @Override
    public Map<String, Object> toJson() {
      return Map.of("reason", reason);
    }
  }

  /** A column that is carried into predictions. */
  record Carried() implements ColumnUse {
    @Override
    public String kind() {
      return "id";
    }

    @Override
    public ColumnRequest request() {
      return ColumnRequest.TEXT;
    }

    @Override
    public String what() {
      return "carried into predictions";
    }

    @Override
    public String range() {
      return "";
    }

    @Override
    public Map<String, Object> toJson() {
      return Map.of();
    }
  }
}
