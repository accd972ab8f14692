"""A real PostgreSQL server for the tests: Debian's binaries, an ordinary user, a temporary folder, a free port."""

import fcntl
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.ground.ports import free_port
from tests.ground.tools import missing

OLDEST = 15

# Nothing survives the run, so nothing needs to reach the disk.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``: Debian keeps it off the path. The newest version from 15 on."""
    versions = [
        (int(folder.parent.name), folder)
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    ]
    if versions and max(versions)[0] >= OLDEST:
        return max(versions)[1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else missing(f"PostgreSQL (package postgresql-{OLDEST})")


@dataclass
class PostgresServer:
    """One server in ``directory``; ``options`` are ``name=value`` settings of postgresql.conf."""

    directory: Path
    options: tuple[str, ...] = THROW_AWAY

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    @property
    def _port_file(self) -> Path:
        return self.directory / "port"

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def start(self) -> None:
        """Make the data folder and start the server; returns once it accepts connections."""
        self._own_directory()
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
        # Between choosing a free port and binding it another process may take it: try again elsewhere.
        for attempt in (1, 2, 3):
            port = free_port()
            settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *self.options)
            flags = "--options=" + " ".join(f"-c {setting}" for setting in settings)
            try:
                self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._log}", flags)
            except subprocess.CalledProcessError as error:
                if attempt == 3:
                    raise RuntimeError(self._log.read_text()) from error
            else:
                self._port_file.write_text(str(port))
                return

    def stop(self) -> None:
        """Stop the server if it runs."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--mode=immediate", "--wait", "--silent")

    @property
    def started(self) -> bool:
        return self._port_file.exists()

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database of this server."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port_file.read_text()}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A bare connection in autocommit, as the superuser."""
        return psycopg.connect(
            host="127.0.0.1", port=self._port_file.read_text(), user="postgres", dbname=database, autocommit=True
        )

    def create_database(self, name: str) -> str:
        """Create an empty database; its SQLAlchemy address."""
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def _own_directory(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        account = self._account
        if account:
            os.chown(self.directory, account.pw_uid, account.pw_gid)

    @property
    def _account(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as root: another account then, None for an ordinary user's own."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return known.get("postgres") or known["nobody"]

    def _run(self, name: str, *arguments: str) -> None:
        account = self._account
        subprocess.run(
            [binaries() / name, "-D", self._data, *arguments],
            check=True,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def shared_server(directory: Path) -> PostgresServer:
    """The run's one server: the first worker of pytest-xdist that needs it starts it, the others find it."""
    server = PostgresServer(directory / "postgres")
    with (directory / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.started:
            server.start()
    return server
