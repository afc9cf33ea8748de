from . import test_autopay_completion
from . import test_autopay_completion_date
from . import test_autopay_completion_void
from . import test_autopay_milestone
from . import test_autopay_work_stage
from . import test_autopay_project_tour
from . import test_search_views
