"""`jianggao serve` as a process of its own, to be asked from outside and to be killed. evals does not import api: the process does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
_CODE = "import sys; from api.cli import main; sys.argv = ['jianggao', *sys.argv[1:]]; main()"
_OURS = ("JIANGGAO_", "OPENAI_", "CHROMA_", "DATABASE_")
_PATIENCE = 600.0  # seconds for a process to start on a busy machine


def bare_environment(**settings: str) -> dict[str, str]:
    """The environment without the settings of whoever runs the bench, and with these."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | settings


@dataclass
class ServerProcess:
    """A server on one port and one home, however often it is started. What it logs goes into `log`."""

    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=lambda: free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> None:
        """Another command on the same home, before the server is started."""
        subprocess.run(
            [sys.executable, "-c", _CODE, *arguments], cwd=ROOT, env=dict(self.environment), check=True, capture_output=True
        )

    def start(self) -> None:
        command = [sys.executable, "-c", _CODE, "serve", "--port", str(self.port)]
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=dict(self.environment), stderr=errors, stdout=errors, start_new_session=True
            )

    def wait_ready(self) -> None:
        """Return once it answers. Raises RuntimeError with the end of its log where it does not."""
        assert self._process is not None
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                if httpx.get(f"{self.address}/health/liveness", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise RuntimeError(f"the server does not run: {self.log.read_text(encoding='utf-8')[-2000:]}")

    def kill(self) -> None:
        """`kill -9` of the whole process group."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
