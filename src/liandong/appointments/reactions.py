"""Jobs of appointments: remind the day before, close days gone by, forget what people came about. Each may run again without harm."""

import datetime as dt

from procrastinate.contrib.django import app

from liandong.appointments import queries, services
from liandong.core import clock


@app.periodic(cron="15 10 * * *", periodic_id="appointments_remind")  # UTC: 18:15 in China
@app.task(name="liandong.appointments.remind", queueing_lock="appointments_remind")
def remind(timestamp: int = 0) -> None:
    for row in queries.to_remind(clock.today() + dt.timedelta(days=1)):
        services.remind(row)


@app.periodic(cron="40 16 * * *", periodic_id="appointments_tidy")  # UTC: 0:40 in China
@app.task(name="liandong.appointments.tidy", queueing_lock="appointments_tidy")
def tidy(timestamp: int = 0) -> None:
    services.end_past()
    services.forget_words()
