"""``python -m adapters.prefect.probes.serve_flow FOLDER``: a process that serves one flow."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from adapters.prefect.probes.deployments import ORDER, from_source, native


def main(folder: Path) -> None:
    """Run the flow's deployment whenever it is due, until this process is ended."""
    options = json.loads((folder / ORDER).read_text())
    from_source(folder).serve(**native(options), print_starting_message=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
