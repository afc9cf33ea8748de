# Other models inherit from these.
from . import autopay_notice_mail
from . import autopay_notice_paper
from . import autopay_notice_staff
from . import autopay_notice_truth
from . import autopay_notice_words
from . import autopay_partner_notice

from . import autopay_notice
from . import autopay_notice_alarm
from . import autopay_notice_before
from . import autopay_notice_event
from . import autopay_notice_expiring
from . import autopay_notice_sample
from . import autopay_notice_setting
from . import autopay_notice_report
