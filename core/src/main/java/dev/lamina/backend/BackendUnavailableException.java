package dev.lamina.backend;

import dev.lamina.LaminaException;
import java.io.Serial;

/** A device that was asked for cannot be used. */
public final class BackendUnavailableException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  /** An error for a device, with why it cannot be used and what to do about it. */
  public BackendUnavailableException(String device, String reason, String remedy) {
    super("device " + device + " cannot be used: " + reason + ". " + remedy);
  }

  /** An error for a device, as it reported itself. */
  public BackendUnavailableException(DeviceReport report) {
    this(report.id(), report.reason(), report.remedy());
  }
}
