from . import autopay_company_home
from . import autopay_company_notice
from . import autopay_company_reports
from . import autopay_company_retry
from . import autopay_company_time_zone
from . import autopay_database
from . import autopay_first_steps
