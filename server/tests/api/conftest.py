import answers


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("Answers")
    for line in answers.table():
        terminalreporter.line(line)
