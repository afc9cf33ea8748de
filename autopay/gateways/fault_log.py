"""Faults of one execution of the engine, and whether one strikes everything."""

from dataclasses import dataclass, field

import psycopg2

# Records on which the same fault strikes before it may be called common.
FAULTS_IN_COMMON = 2
# The money is where it belongs, whatever goes wrong in telling people.
HARMLESS_STAGES = ("_notify",)


@dataclass(frozen=True, slots=True)
class Fault:
    """A stage that failed on one record.

    :param signature: what kind of fault it is, see :func:`get_signature`
    :param text: what the exception says
    """

    stage: str
    model: str
    record_id: int
    signature: str
    text: str

    def is_like(self, other):
        """Return whether another fault, if there is one, is of the same kind."""
        return other is not None and (self.stage, self.signature) == (
            other.stage,
            other.signature,
        )


@dataclass
class FaultLog:
    """The faults of a run, and the stages that have worked in it.

    A fault that strikes one record is that record's trouble. One that strikes several
    in the same way, while the stage works on none, is everybody's.
    """

    faults: list = field(default_factory=list)
    worked: set = field(default_factory=set)

    def add(self, stage, record, error):
        """Note that a stage failed on a record."""
        fault = Fault(
            stage=stage,
            model=record._name,
            record_id=record.id,
            signature=get_signature(error),
            text=str(error).strip() or type(error).__name__,
        )
        self.faults.append(fault)

    def add_success(self, stage):
        """Note that a stage has worked on something."""
        self.worked.add(stage)

    def get_of(self, stage):
        """Return the faults of a stage."""
        return [fault for fault in self.faults if fault.stage == stage]

    def get_unrecorded(self):
        """Return the faults that left open what became of a charge."""
        return [
            fault
            for stage in ("_record_charged", "_charge_through_odoo")
            for fault in self.get_of(stage)
        ]

    def get_common(self):
        """Return a fault that strikes everything, or None."""
        for stage in {fault.stage for fault in self.faults} - self.worked:
            faults = self.get_of(stage)
            records = {fault.record_id for fault in faults}
            alike = len({fault.signature for fault in faults}) == 1
            if alike and len(records) >= FAULTS_IN_COMMON:
                return faults[0]
        return None

    def is_over(self):
        """Return whether a common fault makes it pointless to go on."""
        fault = self.get_common()
        return bool(fault) and fault.stage not in HARMLESS_STAGES


def get_signature(error):
    """Return the type and the place of an error: the same for the same cause.

    Neither what it says, which names records, nor the line, which moves with updates.

    :rtype: str
    """
    kind = type(error).__name__
    if isinstance(error, psycopg2.Error):
        diag = error.diag
        names = (diag.table_name, diag.column_name, diag.constraint_name)
        return ":".join([kind, error.pgcode or "", *filter(None, names)])
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    module = trace.tb_frame.f_globals.get("__name__", "") if trace else ""
    return f"{kind}:{module}:{code.co_name if code else ''}"
