/** The {@code lamina} command: thin, nothing that a library user would miss. */
module dev.lamina.cli {
  requires de.siegmar.fastcsv;
  requires dev.lamina.core;
  requires dev.lamina.tables;
  requires info.picocli;
  requires me.tongfei.progressbar;

  exports dev.lamina.cli;

  opens dev.lamina.cli to
      info.picocli;
}
