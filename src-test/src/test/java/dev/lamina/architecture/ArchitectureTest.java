package dev.lamina.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import dev.lamina.LaminaException;
import dev.lamina.backend.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Arrows between modules and packages point one way. */
class ArchitectureTest {
  private static final String[] BACKENDS = {"dev.lamina.cpu..", "dev.lamina.cuda.."};
  private static final String TABLES = "dev.lamina.tables..";
  private static final String[] PROGRAMS = {"dev.lamina.cli..", "dev.lamina.benchmarks.."};

  private static JavaClasses lamina;

  @BeforeAll
  static void load() {
    ImportOption ours =
        (Location location) ->
            !location.contains("/src-test/") && !location.contains("/test-classes/");
    lamina = new ClassFileImporter().withImportOption(ours).importPackages("dev.lamina");
  }

  /** The importer reads this Java's class files: it has seen what the compiler made. */
  @Test
  void classesAreRead() {
    assertTrue(lamina.contain(LaminaException.class));
    assertTrue(lamina.contain(BackendProvider.class));
    assertTrue(lamina.size() > 50, () -> lamina.size() + " classes");
  }

  /** The core knows no backend, no program, no native library and no incubating module. */
  @Test
  void coreNamesNoBackend() {
    noClasses()
        .that()
        .resideOutsideOfPackages(concat(BACKENDS, PROGRAMS))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            concat(concat(BACKENDS, PROGRAMS), "jcuda..", "org.bytedeco..", "jdk.incubator.."))
        .check(lamina);
  }

  /** Tables know the core alone, and only the programs know tables; DuckDB is theirs alone. */
  @Test
  void tablesStandBesideTheBackends() {
    noClasses()
        .that()
        .resideInAPackage(TABLES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(BACKENDS, PROGRAMS))
        .check(lamina);
    noClasses()
        .that()
        .resideOutsideOfPackages(concat(PROGRAMS, TABLES))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TABLES)
        .check(lamina);
    noClasses()
        .that()
        .resideOutsideOfPackage(TABLES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.duckdb..", "java.sql..")
        .check(lamina);
  }

  /** Backends know neither each other nor the programs. */
  @Test
  void backendsAreIndependent() {
    noClasses()
        .that()
        .resideInAPackage(BACKENDS[0])
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(PROGRAMS, BACKENDS[1], "jcuda.."))
        .allowEmptyShould(true)
        .check(lamina);
    noClasses()
        .that()
        .resideInAPackage(BACKENDS[1])
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(PROGRAMS, BACKENDS[0], "jdk.incubator.."))
        .allowEmptyShould(true)
        .check(lamina);
  }

  /** Programs reach backends through the core's service interface only. */
  @Test
  void programsNameNoBackend() {
    noClasses()
        .that()
        .resideInAPackage(PROGRAMS[0])
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concat(BACKENDS, PROGRAMS[1]))
        .allowEmptyShould(true)
        .check(lamina);
  }

  /** The benchmarks are on no other module's class path; their classes lie beside ours. */
  @Test
  void benchmarksNameNoProgram() {
    Path benchmarks = Path.of("..", "benchmarks", "target", "classes");
    assumeTrue(Files.isDirectory(benchmarks), "the benchmarks have not been compiled");
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage(PROGRAMS[0])
        .allowEmptyShould(true)
        .check(new ClassFileImporter().importPath(benchmarks));
  }

  @Test
  void typesUseNothing() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.type..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.lamina", "dev.lamina.type..", "java..")
        .check(lamina);
  }

  @Test
  void randomUsesNothing() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.random..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.lamina", "dev.lamina.random..", "java..")
        .check(lamina);
  }

  /** Where native libraries are unpacked is the backends' own affair. */
  @Test
  void onlyBackendsUseTheCacheOfNatives() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.natives..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.lamina", "dev.lamina.natives..", "java..")
        .check(lamina);
    classes()
        .that()
        .resideInAPackage("dev.lamina.natives..")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAnyPackage(concat(BACKENDS, "dev.lamina.natives.."))
        .check(lamina);
  }

  @Test
  void theHostUsesNothing() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.host..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.lamina", "dev.lamina.host..", "java..")
        .check(lamina);
  }

  @Test
  void operationsUseFormulasAndTypes() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.op..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.lamina", "dev.lamina.formula..", "dev.lamina.type..", "dev.lamina.op..", "java..")
        .check(lamina);
  }

  @Test
  void theBackendInterfaceUsesOperationsAndTypes() {
    classes()
        .that()
        .resideInAPackage("dev.lamina.backend..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.lamina",
            "dev.lamina.host..",
            "dev.lamina.type..",
            "dev.lamina.op..",
            "dev.lamina.backend..",
            "java..")
        .check(lamina);
  }

  /** What a backend needs of the core: the contract, and nothing that is built upon it. */
  @Test
  void backendsUseTheContractOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(BACKENDS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.lamina.tensor..",
            "dev.lamina.graph..",
            "dev.lamina.program..",
            "dev.lamina.nn..",
            "dev.lamina.loss..",
            "dev.lamina.optim..",
            "dev.lamina.train..",
            "dev.lamina.data..",
            "dev.lamina.io..")
        .allowEmptyShould(true)
        .check(lamina);
  }

  /** No two packages need each other. */
  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.lamina.(*)..").should().beFreeOfCycles().check(lamina);
  }

  /**
   * Every exception that users see is one kind, so that programs can tell it from a bug. Backends
   * export nothing, so what they throw inside is theirs.
   */
  @Test
  void publicExceptionsAreLaminaExceptions() {
    classes()
        .that()
        .areAssignableTo(Throwable.class)
        .and()
        .arePublic()
        .and()
        .resideOutsideOfPackages(BACKENDS)
        .should()
        .beAssignableTo(LaminaException.class)
        .check(lamina);
  }

  /** Libraries log through System.Logger and leave standard output to the programs. */
  @Test
  void librariesDoNotPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackages(PROGRAMS)
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(lamina);
  }

  /**
   * Whoever does one thing for one loss says by a switch what it does for the others, so that a new
   * loss does not compile before all of them know it; an if would take it for one of the old.
   */
  @Test
  void lossesAreToldApartBySwitches() throws IOException {
    Pattern comparison =
        Pattern.compile(
            "[!=]=\\s*(LossFunction|Outputs|CountCorrect\\.Rule)\\.[A-Z]"
                + "|(LossFunction|Outputs|CountCorrect\\.Rule)\\.[A-Z_]+\\s*[!=]="
                + "|LossFunction\\.[A-Z_]+\\.equals"
                + "|equals\\(LossFunction\\.");
    assertTrue(comparison.matcher("if (loss != LossFunction.MEAN_SQUARED_ERROR)").find());
    List<String> found = new ArrayList<>();
    int read = 0;
    for (String module :
        List.of("core", "tables", "cpu-backend", "cuda-backend", "cli", "benchmarks")) {
      Path sources = Path.of("..", module, "src", "main", "java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          read++;
          Matcher matcher = comparison.matcher(Files.readString(file));
          while (matcher.find()) {
            found.add(file + ": " + matcher.group());
          }
        }
      }
    }
    assertTrue(read > 300, read + " files");
    assertEquals(List.of(), found);
  }

  private static String[] concat(String[] some, String... more) {
    String[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
