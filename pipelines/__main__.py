"""Where the command starts: it listens to signals before it imports anything that takes time."""

from pipelines import stopping


def main() -> None:
    """Run the command line."""
    stopping.listen()
    try:
        from pipelines import cli
    except stopping.Stopped:
        stopping.leave(stopping.status() or 1)
    cli.main()


if __name__ == "__main__":
    main()
