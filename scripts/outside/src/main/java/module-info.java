/** A project that uses Lamina; the backends are found as services. */
module org.example.outside {
  requires dev.lamina.core;

  // Its layers are saved and loaded by their records' components.
  opens org.example.outside to
      dev.lamina.core;
}
