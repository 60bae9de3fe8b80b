"""`python -m docs.generate`: write every generated page below docs/reference/."""

from __future__ import annotations

from docs.generate.pages import REFERENCE, pages

if __name__ == "__main__":
    for name, text in pages().items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/reference/{name}")
