from . import test_autopay_notice
from . import test_autopay_notice_mail
from . import test_autopay_notice_staff
