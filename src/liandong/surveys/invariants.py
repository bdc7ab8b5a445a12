"""Promises about surveys."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "SURVEY.sentences",
    "A sentence that became a need stands in the answer exactly so",
    """SELECT sentence.id FROM surveys_surveysentence sentence JOIN surveys_surveyresponse response ON response.id = sentence.response_id
       WHERE substring(response.answers ->> sentence.question FROM sentence.start + 1 FOR sentence.end - sentence.start) IS DISTINCT FROM sentence.words""",
)
invariant_sql(
    "SURVEY.anonymous",
    "An anonymous survey keeps nobody's name or account",
    """SELECT response.id FROM surveys_surveyresponse response JOIN surveys_survey survey ON survey.id = response.survey_id
       WHERE survey.is_anonymous AND (response.respondent_id IS NOT NULL OR response.asked_name <> '')""",
)
