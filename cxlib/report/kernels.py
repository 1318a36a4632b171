"""A kernel to start -> a copy of a process that has imported everything, ready in milliseconds.

The kernel provisioner `cxlib-forked` of jupyter_client (an entry point, and the kernelspec
`cxlib`), so that papermill, JupyterLab and nbval use it untouched. Where a process cannot be
copied, the stock kernel is started, and a warning says so.
"""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from cxlib.embedded import FOLDER
from cxlib.report.copies import Copy, ask, can_fork, parent_path, socket_folder
from cxlib.shown.inline_svg import PAGE

_TIDYING = 0.03  # seconds
_LAUNCHER = ["-m", "ipykernel_launcher"]
launched: list[Copy | subprocess.Popen[bytes]] = []  # by this process, the newest last
sockets: str | None = None  # the folder for those of kernels, where somebody else removes it


class ForkedProvisioner(LocalProvisioner):
    """Starts a Python kernel of this environment as a copy; any other as it is."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel."""
        arguments = _arguments(cmd)
        if arguments is None or not can_fork():
            self.log.warning("cxlib: this kernel cannot be copied here; the stock one is started")
            return await self._stock(cmd, **kwargs)
        try:
            copy = await asyncio.to_thread(
                functools.partial(_kernel, arguments, cwd=kwargs.get("cwd"), env=kwargs.get("env"))
            )
        except (OSError, RuntimeError) as error:
            self.log.warning("cxlib: %s; the stock kernel is started", error)
            return await self._stock(cmd, **kwargs)
        launched.append(copy)
        self.process = copy  # type: ignore[assignment]  # it does what Popen does
        self.pid = self.pgid = copy.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for its end."""
        if isinstance(self.process, Copy):
            while self.process.poll() is None:
                await asyncio.sleep(0.01)
        return await super().wait()

    async def _stock(self, cmd: list[str], **kwargs: Any) -> Any:
        connection = await super().launch_kernel(cmd, **kwargs)
        if self.process:
            launched.append(self.process)
        return connection


def _arguments(cmd: Sequence[str]) -> list[str] | None:
    """Return what follows the launcher of a stock command of this Python; None for another one."""
    python, *others = cmd
    # the folder, not what the link points to: that is the same for all environments of a Python
    if Path(shutil.which(python) or python).absolute().parent != Path(sys.executable).parent:
        return None
    others = [word for word in others if word not in ("-Xfrozen_modules=off", "-P")]
    return others[2:] if others[:2] == _LAUNCHER else None


def _kernel(
    argv: Sequence[str], *, cwd: str | os.PathLike[str] | None, env: Mapping[str, str] | None
) -> Copy:
    environment = dict(os.environ if env is None else env)
    return ask(parent_path(), "kernel", argv=argv, cwd=cwd, env=environment)


def _socket_folder() -> str:
    return tempfile.mkdtemp(dir=sockets) if sockets else socket_folder()


class ForkedKernelManager(AsyncKernelManager):
    """Gives every Python kernel of this environment the forked provisioner, over IPC: no port can
    be taken, and nothing listens on the network."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.transport = "ipc"
        self.ip = f"{_socket_folder()}/kernel"
        self.provisioner = ForkedProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        # figures are drawn for a page; what has no room in memory goes with the sockets
        own = {PAGE: "1", FOLDER: f"{Path(self.ip).parent}/spill"}
        kw["env"] = {**(kw.get("env") or os.environ), **own}
        return await super()._async_pre_start_kernel(**kw)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_interrupt_kernel(self) -> None:
        # as it is shut down it is interrupted first: at the very end of the last answer, it would
        # not hear what comes next, and be waited for in vain
        if self.shutting_down:
            await asyncio.sleep(_TIDYING)
        await super()._async_interrupt_kernel()

    interrupt_kernel = _async_interrupt_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(Path(self.ip).parent, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
