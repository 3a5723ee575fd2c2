package dev.lamina.cuda;

import dev.lamina.LaminaException;

/**
 * How work is spread over a GPU's streams; see {@link LanePlan}. The system properties {@code
 * lamina.cuda.lanes}, {@code lamina.cuda.priorities} and {@code lamina.cuda.update-blocks} say it,
 * so that it can be measured. Results are the same bits, whatever they say.
 *
 * <p>Immutable, so any thread may use it.
 *
 * @param count over how many streams independent operations are spread at most, from 1 to 16
 * @param priorities whether what is beside the rest, updates of parameters above all, is on a
 *     stream of low priority, and all else on streams of high priority
 * @param updateBlocks into how many blocks a long update is cut that runs beside products, from 1;
 *     0 for half as many as the GPU has multiprocessors
 */
public record LaneOptions(int count, boolean priorities, int updateBlocks) {
  static final String COUNT_PROPERTY = "lamina.cuda.lanes";
  static final String PRIORITIES_PROPERTY = "lamina.cuda.priorities";
  static final String UPDATE_BLOCKS_PROPERTY = "lamina.cuda.update-blocks";

  /** One for the chain, two for what is beside it, one for updates. */
  public static final LaneOptions DEFAULT = new LaneOptions(4, true, 0);

  /** More streams than there can be anything for. */
  private static final int MOST = 16;

  /** Checks the numbers. */
  public LaneOptions {
    if (count < 1 || count > MOST || updateBlocks < 0) {
      throw new LaminaException(
          "lanes "
              + count
              + ", blocks of updates "
              + updateBlocks
              + ": expected 1 to "
              + MOST
              + " lanes, and 0 or more blocks");
    }
  }

  /** These options with so many streams. */
  public LaneOptions withCount(int value) {
    return new LaneOptions(value, priorities, updateBlocks);
  }

  /**
   * What the system properties say, and the defaults for the rest.
   *
   * @throws LaminaException if one of them makes no sense
   */
  static LaneOptions ofProperties() {
    String priorities = System.getProperty(PRIORITIES_PROPERTY, "true");
    if (!priorities.equals("true") && !priorities.equals("false")) {
      throw wrong(PRIORITIES_PROPERTY, "true or false");
    }
    return new LaneOptions(
        whole(COUNT_PROPERTY, DEFAULT.count, 1, MOST),
        Boolean.parseBoolean(priorities),
        whole(UPDATE_BLOCKS_PROPERTY, DEFAULT.updateBlocks, 0, Integer.MAX_VALUE));
  }

  private static int whole(String property, int otherwise, int least, int most) {
    String text = System.getProperty(property);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below says it.
    }
    throw wrong(property, "a whole number from " + least + " to " + most);
  }

  private static LaminaException wrong(String property, String expected) {
    return new LaminaException(
        "the system property "
            + property
            + " is '"
            + System.getProperty(property)
            + "': expected "
            + expected);
  }

  /** Into how many blocks a long update is cut that runs beside products. */
  int updateBlocks(int multiprocessors) {
    return updateBlocks == 0 ? Math.max(1, multiprocessors / 2) : updateBlocks;
  }

  /** Whether a lane has high priority: all but the last of several. */
  boolean isUrgent(int lane) {
    return priorities && lane < count - 1;
  }

  /** Whether a lane has low priority beside others of high priority. */
  boolean yields(int lane) {
    return priorities && count > 1 && lane == count - 1;
  }

  /** Whether a lane is for updates of parameters alone: the last of three or more. */
  boolean isForUpdates(int lane) {
    return count > 2 && lane == count - 1;
  }
}
