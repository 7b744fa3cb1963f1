"""Linked calendars: a meeting is one event on several calendars, kept in step by the service, not by mail.

(Google Calendar's way: the copies share id and UID, an answer reaches all of them, rooms answer by themselves.)
`engine.Linked` is the one object to hold; the world's verbs turn to it for tenants whose manner is LINKED.
"""
