"""A JupyterLab server of its own: port, token, configuration, data, runtime and workspaces."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
WAIT = 60  # seconds for a server to answer


class LabServer:
    """A server whose files lie in `root`; nothing of the user's own is read or written."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.root = folder / "root"
        self.token = secrets.token_hex(16)
        own = {name: folder / name for name in ("config", "data", "runtime", "ipython", "settings")}
        for path in (self.root, *own.values()):
            path.mkdir(parents=True)
        (own["settings"] / "overrides.json").write_text(json.dumps(SETTINGS))
        profile = own["ipython"] / "profile_default"
        profile.mkdir()
        (profile / "ipython_config.py").write_text("c.HistoryManager.enabled = False\n")
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"),
                f"--ServerApp.root_dir={self.root}",
                f"--IdentityProvider.token={self.token}",
                "--LabApp.expose_app_in_browser=True",
                f"--LabApp.app_settings_dir={own['settings']}",
                f"--LabApp.user_settings_dir={folder / 'user'}",
                f"--LabApp.workspaces_dir={folder / 'workspaces'}",
                "--LabApp.extension_manager=readonly",
                "--KernelRestarter.time_to_dead=0.5",
                "--KernelRestarter.restart_limit=1000",  # a schedule kills more often than people
            ],
            env={
                **environment,
                "HOME": str(folder),
                "JUPYTER_CONFIG_DIR": str(own["config"]),
                "JUPYTER_DATA_DIR": str(own["data"]),
                "JUPYTER_RUNTIME_DIR": str(own["runtime"]),
                "IPYTHONDIR": str(own["ipython"]),
            },
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.port = self._wait_for_port(own["runtime"])

    def _wait_for_port(self, runtime: Path) -> int:
        end = time.monotonic() + WAIT
        while time.monotonic() < end and self._process.poll() is None:
            for path in runtime.glob("jpserver-*.json"):
                with contextlib.suppress(ValueError, OSError):
                    port = json.loads(path.read_text())["port"]
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
                    return int(port)
            time.sleep(0.05)
        raise RuntimeError(Path(self._log.name).read_text(errors="replace")[-2000:])

    def request(self, method: str, path: str) -> Any:
        """Ask the server's own interface, for instance `GET`, `sessions`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def end_sessions(self) -> None:
        """End all kernels, so that no widget of one test is met by the next."""
        for session in self.request("GET", "sessions"):
            with contextlib.suppress(OSError):
                self.request("DELETE", f"sessions/{session['id']}")
        for kernel in self.request("GET", "kernels"):
            with contextlib.suppress(OSError):
                self.request("DELETE", f"kernels/{kernel['id']}")

    def close(self) -> None:
        """End the server and what it started."""
        with contextlib.suppress(OSError):
            self.end_sessions()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._log.close()
