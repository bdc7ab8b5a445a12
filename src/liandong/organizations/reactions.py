"""The job of this app: a year whose working days are not known yet."""

from procrastinate.contrib.django import app

from liandong.organizations import calendar


@app.periodic(cron="40 0 * * *", periodic_id="calendar_missing")  # UTC: 8:40 in China
@app.task(name="liandong.calendar_missing", queueing_lock="calendar_missing")
def remind_of_calendar(timestamp: int = 0) -> None:
    calendar.remind()
