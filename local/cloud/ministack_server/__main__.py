"""`python -P local/cloud/ministack_server`: MiniStack as AWS, as far as we use it, and without needless work."""

# pylint: disable=import-error  # beside this file, or in MiniStack's environment, which is not ours
from api_fixes import fix_apis  # type: ignore[import-not-found]  # see above
from ministack.app import main  # type: ignore[import-not-found]  # see above
from statements import read_statements_once  # type: ignore[import-not-found]  # see above
from whole_responses import send_whole_responses  # type: ignore[import-not-found]  # see above

if __name__ == "__main__":
    send_whole_responses()
    fix_apis()
    read_statements_once()
    main()
