from . import test_autopay_notice
from . import test_autopay_notice_bad_input
from . import test_autopay_notice_before
from . import test_autopay_notice_expiring
from . import test_autopay_notice_mail
from . import test_autopay_notice_paper
from . import test_autopay_notice_staff
