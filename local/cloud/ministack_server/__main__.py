"""`python -P local/cloud/ministack_server`: MiniStack, with its bugs fixed as far as we meet them, and faster."""

# pylint: disable=import-error  # beside this file, or in MiniStack's environment, which is not ours
from acting_role import let_key_act  # type: ignore[import-not-found]  # see above
from api_fixes import fix_apis  # type: ignore[import-not-found]  # see above
from iam_fixes import fix_evaluation  # type: ignore[import-not-found]  # see above
from ministack.app import main  # type: ignore[import-not-found]  # see above
from needless_work import skip_needless_work  # type: ignore[import-not-found]  # see above
from running_invocations import let_invocations_finish  # type: ignore[import-not-found]  # see above
from whole_responses import send_whole_responses  # type: ignore[import-not-found]  # see above

if __name__ == "__main__":
    send_whole_responses()
    fix_apis()
    fix_evaluation()
    let_key_act()
    let_invocations_finish()
    skip_needless_work()
    main()
