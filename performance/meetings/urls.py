"""Addresses of meetings inside an alliance."""

from django.urls import path

from performance.meetings.views import bodies, meetings, minutes, resolutions, reviews, tasks

MEETING = "meetings/<int:pk>/"
urlpatterns = [
    path("bodies/", bodies.body_list, name="bodies"),
    path("bodies/found/", bodies.found, name="body-found"),
    path("bodies/<int:pk>/", bodies.body, name="body"),
    path("bodies/<int:pk>/seat/", bodies.seat, name="body-seat"),
    path("bodies/<int:pk>/seats/<int:seat>/end/", bodies.end, name="body-seat-end"),
    path("bodies/<int:pk>/plan/", meetings.plan, name="meeting-plan"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}act/<slug:step>/", meetings.act, name="meeting-act"),
    path(f"{MEETING}held/", meetings.held, name="meeting-held"),
    path(f"{MEETING}sign-in/", meetings.sign_in_sheet, name="meeting-sign-in"),
    path(f"{MEETING}points/", meetings.point_add, name="meeting-point-add"),
    path(f"{MEETING}points/<int:point>/<slug:step>/", meetings.point, name="meeting-point"),
    path(f"{MEETING}resolutions/", resolutions.write, name="meeting-resolve"),
    path(f"{MEETING}resolutions/<int:resolution>/vote/", resolutions.vote, name="meeting-vote"),
    path(f"{MEETING}resolutions/<int:resolution>/<slug:step>/", resolutions.act, name="meeting-resolution"),
    path(f"{MEETING}minutes/", minutes.write, name="meeting-minutes"),
    path(f"{MEETING}minutes/<int:number>/", minutes.page, name="minutes"),
    path(f"{MEETING}minutes/<int:number>/print/", minutes.sheet, name="minutes-print"),
    path(f"{MEETING}minutes/<int:number>/docx/", minutes.docx, name="minutes-docx"),
    path(f"{MEETING}minutes/<int:number>/sign/", minutes.sign, name="minutes-sign"),
    path(f"{MEETING}review/", reviews.review, name="meeting-review"),
    path(f"{MEETING}review/<int:drawn>/", reviews.opinion, name="meeting-opinion"),
    path("unified/", reviews.unified, name="unified"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/about/<str:kind>/<int:about>/", tasks.give, name="task-give"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/act/<slug:step>/", tasks.act, name="task-act"),
    path("tasks/<int:pk>/files/<int:file>/", tasks.file, name="task-file"),
]
