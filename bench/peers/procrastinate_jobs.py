"""procrastinate: one job a deadline, run by one worker over psycopg until nothing is left."""

from __future__ import annotations

import asyncio

import procrastinate
import psycopg_pool

from bench.peers.protocol import deciding, job, serve

JOB = job()
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=JOB.dsn))
pool = psycopg_pool.AsyncConnectionPool(JOB.dsn, min_size=4, max_size=4, open=False)


async def told(case: int) -> None:
    async with pool.connection() as connection:
        await connection.execute(JOB.sql, {"case": case})


lapse = app.task(name="lapse")(deciding(JOB) if JOB.house else told)
"""A plain function is run in a thread, as procrastinate does with what is not async."""


async def is_installed() -> bool:
    row = await app.connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there")
    return bool(row["there"])


async def schedule() -> None:
    async with app.open_async():
        if not await is_installed():
            await app.schema_manager.apply_schema_async()
        for start in range(0, len(JOB.ids), 1000):
            await lapse.batch_defer_async(*({"case": case} for case in JOB.ids[start : start + 1000]))


async def work() -> None:
    async with app.open_async():
        await pool.open()
        await app.run_worker_async(wait=False, concurrency=4, install_signal_handlers=False)
        await pool.close()


if __name__ == "__main__":
    serve(schedule=lambda: asyncio.run(schedule()), work=lambda: asyncio.run(work()))
