"""The jobs of this app."""

from procrastinate.contrib.django import app

from liandong.surveys.models import Survey
from liandong.surveys.services import collecting


@app.task(name="liandong.survey_collect")
def collect(survey_id: int) -> None:
    survey = Survey.objects.filter(pk=survey_id).first()
    if survey is not None:
        collecting.run_collect(survey)


@app.periodic(cron="*/5 * * * *", periodic_id="surveys")
@app.task(name="liandong.resume_survey_collect", queueing_lock="resume_survey_collect")
def resume(timestamp: int) -> None:
    """Go on with what a stop of the server has interrupted; parts that are done stay done."""
    for survey in Survey.objects.filter(collect_started_at__isnull=False, collect_finished_at__isnull=True):
        collecting.run_collect(survey)
