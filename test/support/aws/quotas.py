"""Service Quotas: those that a new account has, until it asks for more. moto knows some of one service only."""

from check import AwsError

# By code: Fargate's vCPU at once, VPCs of a region, Elastic IP addresses of a region.
DEFAULTS = {"L-3032A538": 6.0, "L-F678F1CE": 5.0, "L-0263D0A3": 5.0}


class Quotas:
    def __init__(self):
        self.values = {}

    def answer(self, action, body):
        code = body["QuotaCode"]
        if code not in DEFAULTS:
            raise AwsError("NoSuchResourceException", f"The quota {code} does not exist.")
        about = {"ServiceCode": body["ServiceCode"], "QuotaCode": code}
        if action == "RequestServiceQuotaIncrease":
            # Granted at once; AWS takes from minutes to days.
            self.values[code] = float(body["DesiredValue"])
            return {"RequestedQuota": {**about, "DesiredValue": self.values[code], "Status": "APPROVED"}}
        if action == "GetServiceQuota" and code not in self.values:
            raise AwsError("NoSuchResourceException", f"The quota {code} was never changed.")
        return {"Quota": {**about, "Value": self.values.get(code, DEFAULTS[code])}}
