"""`make run`: the embedded servers, the database made ready, then web, workers, beat and ringer, in that order."""

import http.client
import os
import signal
import sys
import time
from dataclasses import replace

from run.identity import die_with_parent
from run.places import CHECKOUT, OWNER_ROLE, Places, data_folder
from run.postgres import EmbeddedPostgres
from run.preflight import check_port, check_room, hold_the_folder, host, port
from run.problems import CannotStart
from run.supervisor import Program, Stopped, Supervisor
from run.valkey import EmbeddedValkey

SCHEDULERS, WEB, WORKERS, BROKER, DATABASE_SERVER = range(5)
"""The order in which things are stopped."""
DEVELOPMENT = "config.settings.development"
PEOPLE = (
    ("ming", "buyer"),
    ("lan", "seller"),
    ("zhou", "arbitrator, lead"),
    ("wu", "arbitrator"),
    ("he", "arbitrator"),
    ("root", "administrator"),
    ("eve", "outsider"),
)


def main() -> int:
    started_at = time.monotonic()
    os.umask(0o077)  # whatever is written is for us alone
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # whoever kills make means us
    try:
        places = Places(data=data_folder())
        with hold_the_folder(places) as lock:
            check_room(places)
            check_port(port())
            return live(Supervisor(lock), places, started_at)
    except CannotStart as problem:
        print(f"gongduan: {problem}", file=sys.stderr)
        return 1


def live(supervisor: Supervisor, places: Places, started_at: float) -> int:
    try:
        start(supervisor, places, started_at)
        supervisor.keep_going()
    except Stopped:
        pass
    finally:
        supervisor.say("Stopping ...")
        began = time.monotonic()
        supervisor.stop_everything()
        supervisor.say(f"Stopped in {time.monotonic() - began:.1f} s. Everything is kept in {places.data}.")
    return 0


def start(supervisor: Supervisor, places: Places, started_at: float) -> None:
    start_servers(supervisor, places)
    supervisor.say("Bringing the database up to date ...")
    supervisor.run_to_end(python("prepare", "-m", "config.prepare", GONGDUAN_DATABASE_ROLE="owner"))
    if has_command("load_demo") and settings_module() == DEVELOPMENT:
        supervisor.say("Looking after the demo ...")
        supervisor.run_to_end(manage("demo", "load_demo"))
    supervisor.say("Starting the web ...")
    supervisor.start(web())
    supervisor.wait_until(first_page_answers, 60, "The web")
    supervisor.say(f"The first page answered after {time.monotonic() - started_at:.1f} s.")
    for program in background():
        supervisor.start(replace(program, watched=True))
    supervisor.watch_over(os.environ["DATABASE_URL"])
    welcome(supervisor)


def start_servers(supervisor: Supervisor, places: Places) -> None:
    """The embedded servers that the environment does not replace, and the addresses for everybody else."""
    postgres = EmbeddedPostgres(places=places, settings={})
    valkey = EmbeddedValkey(places=places, durable=True)
    if not os.environ.get("DATABASE_URL"):
        supervisor.say("Starting PostgreSQL ...")
        postgres.make()
        supervisor.start(
            Program(
                name="postgres",
                command=postgres.command(),
                rank=DATABASE_SERVER,
                ending=signal.SIGINT,  # its fast shutdown, which ends sessions and writes everything down
                patience=20,
                unprivileged=True,
                folder="/",
            )
        )
    if not os.environ.get("REDIS_URL"):
        supervisor.start(
            Program(
                name="valkey",
                command=valkey.command(),
                rank=BROKER,
                folder=str(places.valkey),
                unremarkable=("overcommit", "scheduling shutdown", "ready to exit"),
            )
        )
        supervisor.wait_until(valkey.answers, 30, "Valkey")
        os.environ["REDIS_URL"] = places.redis_url
    if not os.environ.get("DATABASE_URL"):
        supervisor.wait_until(postgres.answers, 60, "PostgreSQL")
        postgres.make_roles()
        os.environ["DATABASE_URL"] = places.database_url()
        os.environ["DATABASE_OWNER_URL"] = places.database_url(OWNER_ROLE)


def settings_module() -> str:
    return os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT)


def python(name: str, *arguments: str, rank: int = SCHEDULERS, **environment: str) -> Program:
    settings_module()
    return Program(name=name, command=[sys.executable, *arguments], rank=rank, environment=environment)


def manage(name: str, *arguments: str, rank: int = SCHEDULERS) -> Program:
    return python(name, "manage.py", *arguments, rank=rank)


def web() -> Program:
    return python(
        *("web", "-m", "granian", "--interface", "wsgi", "--host", host(), "--port", str(port())),
        *("--workers", "1", "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws"),
        *("--workers-kill-timeout", "5", "--log-level", "warning", "config.wsgi:application"),
        rank=WEB,
    )


def worker(queues: str, *options: str) -> Program:
    """A worker that survives its broker: see the Celery settings for why it keeps to itself."""
    name = queues.partition(",")[0]
    return python(
        *(
            name,
            "-W",
            "ignore:You're running the worker",
            "-m",
            "celery",
            "--app",
            "config.celery",
            "--quiet",
            "worker",
            "--queues",
            queues,
        ),
        *("--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        *("--loglevel", "warning", *options),
        rank=WORKERS,
    )


def background() -> list[Program]:
    """Everything that the first page can do without."""
    programs = [
        worker("deadlines", "--pool", "solo", "--prefetch-multiplier", "1"),
        worker("default,evidence,mail", "--pool", "prefork", "--concurrency", "2"),
        python(
            *("beat", "-m", "celery", "--app", "config.celery", "--quiet", "beat", "--pidfile", ""),
            *("--scheduler", "config.scheduler:DeadlineScheduler", "--loglevel", "warning"),
        ),
    ]
    if has_command("sweep"):
        programs.append(manage("ringer", "sweep", "--forever"))
    return programs


def has_command(name: str) -> bool:
    """Whether an application of ours brings this management command."""
    return any(CHECKOUT.glob(f"*/management/commands/{name}.py"))


def first_page_answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1" if host() == "0.0.0.0" else host(), port(), timeout=20)
    try:
        connection.request("GET", "/healthz/", headers={"Host": "localhost"})
        connection.getresponse().read()
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def welcome(supervisor: Supervisor) -> None:
    shown = "localhost" if host() in {"127.0.0.1", "0.0.0.0"} else host()
    supervisor.say(f"Gongduan is ready: http://{shown}:{port()}/")
    if settings_module() == DEVELOPMENT:
        supervisor.say("Log in as " + ", ".join(f"{name} ({role})" for name, role in PEOPLE))
        supervisor.say(f"with the password {os.environ.get('DEMO_PASSWORD') or 'gongduan-demo'}")
    supervisor.say("Ctrl-C stops everything in order; nothing is lost.")


if __name__ == "__main__":
    sys.exit(main())
