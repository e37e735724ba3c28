"""Whose a thread is: codes to go on elsewhere, who helps whom, two persons that are one."""
