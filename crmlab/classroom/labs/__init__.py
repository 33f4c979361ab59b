"""What is asked in the labs? One module a lab, ``lab_NN.py``, loaded when it is needed."""
