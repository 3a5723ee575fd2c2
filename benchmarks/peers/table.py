"""The results as a Markdown table, written anew after each row: a run that is stopped leaves what it had."""

import os

COLUMNS = ["precision", "network and batch", "Lamina", "PyTorch", "PyTorch's form", "ratio", ""]


def milliseconds(value):
    return "" if value is None else f"{value:.4g} ms"


class Table:
    """In a file, or nowhere."""

    def __init__(self, file):
        self.file = file
        self.rows = []

    def add(self, row):
        ratio = row.get("ratio")
        note = row["note"] if row["state"] == "ok" else f"{row['state']}: {row['note']}"
        if ratio is not None and not note:
            spread = ", ".join(f"{r:.3g}" for r in sorted(row["ratios"]))
            note = f"in turns: {spread}"
        self.rows.append(
            [
                row["precision"],
                row["problem"],
                milliseconds(row.get("lamina_ms")),
                milliseconds(row.get("pytorch_ms")),
                row.get("form", ""),
                "" if ratio is None else f"{ratio:.3g}",
                note.replace("|", "/"),
            ]
        )
        if self.file:
            with open(self.file + ".new", "w") as out:
                out.write(self.text())
            os.replace(self.file + ".new", self.file)

    def text(self):
        lines = [COLUMNS] + self.rows
        widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
        shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
        shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        head = "One training step; the ratio is how many times as long PyTorch's fastest form takes as Lamina.\n\n"
        return head + "\n".join(shown) + "\n"
