package dev.lamina.data;

import dev.lamina.Quote;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The name that was probably meant, for messages. All methods are pure: any thread may call. */
public final class Nearest {
  private Nearest() {}

  /** The name that is closest to what came, if it is close at all. */
  public static Optional<String> to(String came, Collection<String> names) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int distance =
          distance(came.toLowerCase(Locale.ROOT).strip(), name.toLowerCase(Locale.ROOT).strip());
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    return best != null && least <= Math.max(1, came.length() / 3)
        ? Optional.of(best)
        : Optional.empty();
  }

  /** For example {@code "; did you mean 'species'?"}, or nothing. */
  public static String suggestion(String came, Collection<String> names) {
    return to(came, names).map(name -> "; did you mean " + Quote.of(name) + "?").orElse("");
  }

  /** Letters to change, insert, leave out or exchange with the next, of the first 64. */
  private static int distance(String a, String b) {
    int m = Math.min(64, a.length());
    int n = Math.min(64, b.length());
    int[][] d = new int[m + 1][n + 1];
    for (int i = 0; i <= m; i++) {
      for (int j = 0; j <= n; j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + same, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[m][n];
  }
}
