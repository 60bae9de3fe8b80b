"""Native Beam: prints the state of a cancelled job, and the steps that ran after it."""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.portable_runner import PortableRunner

SERVICE = "apache_beam.runners.portability.local_job_service_main"

begun, cancelled, later = threading.Event(), threading.Event(), threading.Event()


def slow(element):
    begun.set()
    cancelled.wait(60)


def next_step(element):
    later.set()


def cancel(endpoint: str) -> str:
    """Cancel a job in its first step; return the job's state."""
    # Functions of the main module are copied, so that they would not share its events.
    import beam_cancel as shared

    options = PipelineOptions([f"--job_endpoint={endpoint}", "--environment_type=LOOPBACK"])
    pipeline = beam.Pipeline(runner=PortableRunner(), options=options)
    pipeline | beam.Create([None]) | beam.Map(shared.slow) | beam.Map(shared.next_step)
    result = pipeline.run()
    shared.begun.wait(60)
    result.cancel()
    state = result.state
    shared.cancelled.set()
    return f"{state}, {'then the next step ran' if shared.later.wait(20) else 'and it ended'}"


def main() -> str:
    """Start a job service on a port that it chooses, and cancel a job."""
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        command = [sys.executable, "-m", SERVICE, "--port_file", str(port)]
        service = subprocess.Popen([*command, "--staging_dir", folder])
        try:
            while not port.exists():
                assert service.poll() is None, "the job service ended"
                time.sleep(0.1)
            return cancel(f"localhost:{port.read_text()}")
        finally:
            service.terminate()
            service.wait()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    print(main())
