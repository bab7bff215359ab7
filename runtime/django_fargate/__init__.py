"""What a Django service on AWS Fargate needs at run time, and the program that releases it.

Nothing is imported here: the release program runs without Django, the service without boto3.
"""
