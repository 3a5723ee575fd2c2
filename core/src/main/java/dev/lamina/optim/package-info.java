/** Optimizers: small records of their constants, each a pure rule over one flat buffer. */
package dev.lamina.optim;
