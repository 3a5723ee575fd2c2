package dev.lamina.tables;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What options say of the columns of a table.
 *
 * @param target the column to learn
 * @param kinds what columns are said to be
 * @param dropped columns to leave out
 * @param carried columns that are carried into predictions
 * @param task what the target is said to be
 */
record ColumnRoles(
    int target,
    Map<Integer, ColumnKind> kinds,
    Set<Integer> dropped,
    Set<Integer> carried,
    Task task) {
  static ColumnRoles of(String source, List<String> names, boolean named, TableOptions options) {
    Set<Integer> dropped = places(source, names, named, options.dropped());
    Set<Integer> carried = places(source, names, named, options.identifiers());
    int target = target(source, names, named, options, dropped, carried);
    Map<Integer, ColumnKind> kinds = new HashMap<>();
    options
        .kinds()
        .forEach((column, kind) -> kinds.put(ColumnNames.find(source, names, named, column), kind));
    if (names.size() < 2) {
      throw new LaminaException(
          source
              + ": one column; expected features and a target, separated by commas, semicolons or"
              + " tabs");
    }
    return new ColumnRoles(
        target, kinds, dropped, carried, task(options.task(), kinds.get(target)));
  }

  private static Set<Integer> places(
      String source, List<String> names, boolean named, List<String> columns) {
    Set<Integer> places = new HashSet<>();
    columns.forEach(column -> places.add(ColumnNames.find(source, names, named, column)));
    return places;
  }

  private static int target(
      String source,
      List<String> names,
      boolean named,
      TableOptions options,
      Set<Integer> dropped,
      Set<Integer> carried) {
    if (options.target() == null) {
      int last = names.size() - 1;
      while (last > 0 && (dropped.contains(last) || carried.contains(last))) {
        last--;
      }
      return last;
    }
    int target = ColumnNames.find(source, names, named, options.target());
    if (dropped.contains(target) || carried.contains(target)) {
      throw new LaminaException(
          source
              + ": "
              + ColumnNames.shown(target, names.get(target), named)
              + " is the target; it can be neither dropped nor an identifier");
    }
    return target;
  }

  private static Task task(Task said, ColumnKind kind) {
    if (said != Task.AUTO || kind == null) {
      return said;
    }
    return switch (kind) {
      case NUMBER -> Task.REGRESSION;
      case CATEGORY, BOOLEAN -> Task.CLASSIFICATION;
      case LOG, QUANTILE, DATE -> Task.AUTO;
    };
  }

  /** As what each column is to be read. */
  List<ColumnRequest> requests(int columns) {
    List<ColumnRequest> requests = new ArrayList<>();
    for (int j = 0; j < columns; j++) {
      requests.add(request(j));
    }
    return requests;
  }

  private ColumnRequest request(int j) {
    if (j == target) {
      return switch (task) {
        case AUTO -> ColumnRequest.AUTO;
        case CLASSIFICATION -> ColumnRequest.TEXT;
        case REGRESSION -> ColumnRequest.NUMBER;
      };
    }
    if (dropped.contains(j)) {
      return ColumnRequest.SKIP;
    }
    if (carried.contains(j)) {
      return ColumnRequest.TEXT;
    }
    ColumnKind kind = kinds.get(j);
    if (kind == null) {
      return ColumnRequest.AUTO;
    }
    return switch (kind) {
      case NUMBER, LOG, QUANTILE -> ColumnRequest.NUMBER;
      case BOOLEAN -> ColumnRequest.BOOLEAN;
      case CATEGORY -> ColumnRequest.TEXT;
      case DATE -> ColumnRequest.date(null);
    };
  }
}
