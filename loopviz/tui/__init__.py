"""The terminal UI. ``loopviz.tui.app.LoopvizApp`` shows what ``loopviz.tui.session.Session`` describes."""
