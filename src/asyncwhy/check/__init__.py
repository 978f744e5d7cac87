"""Static: source to findings, with the call path.

    found = check.project.check(paths, settings)      # files -> summaries -> call graph -> findings

`files` lists and reads what is to be checked, `summary` reduces a file to what resolution needs (cached by
content, made by all cores), `scope` and `values` resolve names and types on demand, `reach` walks from what the
event loop runs to what blocks, and one module per cause judges; `judging` puts it together.  `session` keeps all of
it for an editor: after an edit `following` says what has to be asked again.  Unresolved means silent.
"""
