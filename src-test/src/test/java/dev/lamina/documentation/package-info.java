/** What the documentation says is tried out. */
package dev.lamina.documentation;
