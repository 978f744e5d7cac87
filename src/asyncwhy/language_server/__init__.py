"""What `check` finds, in an editor, as one types.

`server` speaks the protocol and waits until typing pauses; `projects` keeps one `check.session` per project and
works on a thread of its own; `wording` turns findings into the protocol's words.  Only `server` and `wording` import
pygls, which is optional: the verb imports them when it runs.
"""
