"""The jobs of the journal: running reactions, and sealing every few minutes."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from liandong.journal import reactions_registry, services


@app.task(name="liandong.react", queue="reactions", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def react_to_entry(reaction: str, entry_id: int) -> None:
    reactions_registry.run(reaction, entry_id=entry_id)


@app.periodic(cron="*/5 * * * *", periodic_id="seal")
@app.task(name="liandong.seal_journal", queueing_lock="seal_journal")
def seal_journal(timestamp: int) -> None:
    while services.seal_entries():
        pass
