/** A project that uses Lamina; the backends are found as services. */
module org.example.outside {
  requires dev.lamina.core;
}
