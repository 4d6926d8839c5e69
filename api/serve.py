"""`jianggao serve`: the HTTP server as a process."""

import signal
import socket
import sys
import threading
from types import FrameType

import uvicorn

from agent.settings import Settings
from api.app import create_app
from api.callers import Server
from api.observe import log_to_standard_error
from api.security import is_loopback
from api.tenants import Premises
from speech.errors import JianggaoError

_TURN = 0.0005  # seconds that a thread which computes keeps the others waiting; Python's own 5 ms add up for whoever waits for an answer
_GRACE = 5  # seconds for requests under way when the server is told to stop


def serve(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); running jobs are then taken up at the next start. Raises JianggaoError."""
    if workers > 1:
        why = "多个进程会争写同一个语料库和任务表" if settings.chroma_host is None else "任务队列在进程之内"
        raise JianggaoError(f"不能开 {workers} 个进程：{why}", "请用 --workers 1；要更快，设 JIANGGAO_JOBS 让一个进程同时写多篇")
    if settings.api_keys is None and not is_loopback(host):
        raise JianggaoError(f"监听 {host} 就要有密钥", "请设置 JIANGGAO_API_KEYS=名字:密钥，或改用 --host 127.0.0.1")
    log_to_standard_error()
    take_short_turns()
    with Premises(settings) as premises:
        app = create_app(premises)
        config = uvicorn.Config(
            app, host, port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE
        )
        _Graceful(config, app.state.server).run(sockets=[_socket(config)])


def take_short_turns() -> None:
    """Let the threads of this process change places often: drafts are written by some, and answers given by another."""
    sys.setswitchinterval(_TURN)


class _Graceful(uvicorn.Server):
    """Told to stop, it ends jobs and event streams at once: uvicorn itself waits for the streams first."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn's own raises the signal again when it has stopped, before the store is closed
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        # in a thread: the main one may hold the very locks that this takes
        threading.Thread(target=self._hang_up, daemon=True).start()

    def _hang_up(self) -> None:
        self._server.runner.hang_up()
        self._server.feeds.hang_up()


def _socket(config: uvicorn.Config) -> socket.socket:
    """The bound socket. Raises JianggaoError where the port is taken."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((config.host, config.port))
    except OSError as error:
        bound.close()
        raise JianggaoError(
            f"不能监听 {config.host}:{config.port}（{error.strerror}）", "请换一个 --port，或停下占用它的程序"
        ) from error
    return bound
