"""Recognition of results 检查检验结果互认: items, results, orders and what was decided about them.

Sources: S3-09, S3-10, S3-32; definitions section 5.2 (reasons, rates), section 8 (R11).
"""

from referrals.recognition.models.orders import Offer, Order, OrderNumber
from referrals.recognition.models.register import Item, Modality
from referrals.recognition.models.results import Result

__all__ = ["Item", "Modality", "Offer", "Order", "OrderNumber", "Result"]
