"""pgqueuer: one job a deadline, drained by one consumer over asyncpg."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job as QueuedJob
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from bench.peers.protocol import deciding, job, serve

JOB = job()
SQL = JOB.sql.replace("%(case)s", "$1::bigint").replace("%%", "%")
BATCH = 100
DECIDE = deciding(JOB) if JOB.house else None


async def schedule() -> None:
    connection = await asyncpg.connect(JOB.dsn)
    queries = Queries(AsyncpgDriver(connection))
    if not await connection.fetchval("SELECT to_regclass('pgqueuer')"):
        await queries.install()
    for start in range(0, len(JOB.ids), 1000):
        ids = JOB.ids[start : start + 1000]
        count = len(ids)
        await queries.enqueue(
            ["lapse"] * count, [str(case).encode() for case in ids], [0] * count, [timedelta()] * count
        )
    await connection.close()


async def work() -> None:
    connection, own = await asyncpg.connect(JOB.dsn), await asyncpg.create_pool(JOB.dsn, min_size=4, max_size=4)
    queuer = PgQueuer(AsyncpgDriver(connection))
    loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor(4)

    @queuer.entrypoint("lapse")
    async def lapse(queued: QueuedJob) -> None:
        case = int(queued.payload or b"0")
        if DECIDE:
            await loop.run_in_executor(threads, DECIDE, case)
            return
        async with own.acquire() as taken, taken.transaction():
            await taken.fetchval(SQL, case)

    await queuer.run(batch_size=BATCH, mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))
    await own.close()


if __name__ == "__main__":
    serve(schedule=lambda: asyncio.run(schedule()), work=lambda: asyncio.run(work()))
