"""Hook about serving: a logged model behind ``mlflow models serve``."""

from __future__ import annotations

import subprocess

import mlflow
import requests
from mlflow.pyfunc import PythonModel

from adapters.mlflow.probes.runs import until
from adapters.probing import ProbeContext, Value, perform

_PATIENCE_S = 150.0  # its server imports MLflow twice


class Predictor(PythonModel):  # type: ignore[misc]  # MLflow's base classes do not have types
    """Model that runs a probe's body."""

    # MLflow reads the hint of the input, and knows no class for the context.
    def predict(self, context, model_input: list[int]) -> list[int]:  # type: ignore[no-untyped-def]
        """Run the body for each input; MLflow makes the model's signature of the hints."""
        return [perform(context.model_config["call"], value=value) for value in model_input]


def serving(probe: ProbeContext) -> dict[str, Value]:
    """Serve a logged model by MLflow's command, and ask it for a prediction."""
    with mlflow.start_run(run_name=probe.run_id):
        model = mlflow.pyfunc.log_model(
            name="model",
            python_model=Predictor(),
            model_config={"call": probe.call("predict")},
            pip_requirements=[],  # else it imports the model in another process to look for them
        )
    port = probe.context.services.port()
    command = ["mlflow", "models", "serve", "--model-uri", model.model_uri, "--env-manager",
               "local", "--host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as running:
        try:
            ready = until(lambda: answers(f"{url}/ping"), _PATIENCE_S)
            asked = {"inputs": [probe.settings["value"]]}
            given = requests.post(f"{url}/invocations", json=asked, timeout=30) if ready else None
        finally:
            running.terminate()  # its server's processes end with it
    return {"prediction": given.json()["predictions"][0] if given is not None else None}


def answers(url: str) -> bool:
    """Return whether a request for ``url`` is answered with success."""
    try:
        return bool(requests.get(url, timeout=5).ok)
    except requests.RequestException:
        return False  # it does not listen yet
