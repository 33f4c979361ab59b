"""A JupyterLab of its own: fresh port, token and settings; nothing of the user's is touched."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SETTINGS: dict[str, dict[str, Any]] = {
    # A look must not change the file that is looked at.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # The server would ask the Jupyter project for news.
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # All cells stay in the page, so that a picture far below can be found.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: where it listens, its token, and the folder it shows."""

    port: int
    token: str
    folder: Path

    @property
    def address(self) -> str:
        """The start of every address of this server."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, notebook: str) -> str:
        """The address of one notebook in a fresh workspace."""
        return f"{self.address}/lab/tree/{quote(notebook)}?token={self.token}&reset"


@contextlib.contextmanager
def lab(folder: Path, patience: float = 40) -> Iterator[Server]:
    """Run a JupyterLab on ``folder`` for as long as the block lasts."""
    server = Server(_free_port(), secrets.token_hex(16), folder.resolve())
    with (
        tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as home,
        open(Path(home) / "log", "w") as log,
    ):
        process = subprocess.Popen(
            _command(server, Path(home)),
            env=_environment(Path(home)),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_until_ready(server, process, Path(home) / "log", patience)
            yield server
        finally:
            _stop(process)


def _command(server: Server, home: Path) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": server.port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": server.folder,
        "IdentityProvider.token": server.token,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "LabApp.extension_manager": "readonly",
        "FileCheckpoints.checkpoint_dir": home / "checkpoints",  # not beside the notebooks
    }
    return [sys.executable, "-m", "jupyterlab", *(f"--{key}={v}" for key, v in options.items())]


def _environment(home: Path) -> dict[str, str]:
    """This environment with Jupyter's folders in ``home`` and no word on how to draw."""
    for name, settings in SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    # Under MPLBACKEND=agg a figure would be drawn and never shown.
    inherited = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    places = {key: str(home / name) for key, name in folders.items()}
    return inherited | places | {"JUPYTER_PREFER_ENV_PATH": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(server: Server, process: Any, log: Path, patience: float) -> None:
    status = f"{server.address}/api/status?token={server.token}"
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(status, timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen) -> None:
    """End the server and, with it, its kernels."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
